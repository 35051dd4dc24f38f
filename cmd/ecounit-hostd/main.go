// Command ecounit-hostd is the host service, and the small programs that it has
// systemd start for what it has no rights to.
package main

import (
	"context"
	"os"

	"ecounit/host/hostd"
)

func main() {
	os.Exit(hostd.Main(context.Background(), os.Args, os.Stdout, os.Stderr))
}
