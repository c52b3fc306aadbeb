// Command podtemplate writes down what Argo Rollouts' hashes depend on, out of its own Go code.
//
//	podtemplate fields                 a TypeScript table of every struct that a hash goes through
//	podtemplate cases < templates.yaml a JSON list of pod templates and steps with Argo's own hashes
//
// Both go to standard output. fixtures/pod-template-hash/README.md has the commands.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "podtemplate:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want one argument, fields or cases, got %d", len(args))
	}
	switch args[0] {
	case "fields":
		return writeFields(os.Stdout)
	case "cases":
		input, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		return writeCases(os.Stdout, input)
	}
	return fmt.Errorf("want fields or cases, got %q", args[0])
}
