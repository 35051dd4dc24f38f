// Command ecounit-postgres carries out one order of the host service, as the
// account that owns the Postgres server. Systemd starts it.
package main

import (
	"context"
	"os"

	"ecounit/host/pghelper"
)

func main() {
	os.Exit(pghelper.Main(context.Background(), os.Stdin, os.Stdout, os.Stderr))
}
