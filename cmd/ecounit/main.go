// Command ecounit runs apps of ordinary users as systemd user services.
package main

import (
	"context"
	"os"

	"ecounit/internal/cli"
	"ecounit/internal/terminal"
)

func main() {
	os.Exit(cli.Main(context.Background(), os.Args, terminal.System()))
}
