// Command licences prints the licences of the modules that are linked into a
// program, Go's own library among them: what has to go with the binary.
//
//	go run ./packaging/licences [-tags TAGS] PACKAGE
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	tags := flag.String("tags", "", "build tags of the program")
	flag.Parse()
	parts, err := linked(flag.Arg(0), *tags)
	if err == nil {
		err = write(os.Stdout, parts)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}
