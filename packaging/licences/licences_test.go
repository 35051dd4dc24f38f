package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var licenceField = regexp.MustCompile(`(?m)^license: ([^#\n]*[^# \n])`)

// TestPackageNamesAllLicences compares nfpm.yaml with what is linked.
func TestPackageNamesAllLicences(t *testing.T) {
	// go test remembers a result as long as the files stay as they are that the
	// test itself looks at.
	if _, err := os.Stat("../../go.sum"); err != nil {
		t.Fatal(err)
	}
	parts, err := linked("ecounit/cmd/ecounit", "urfave_cli_no_docs")
	if err != nil {
		t.Fatal(err)
	}
	want, err := identifiers(parts)
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile("../../nfpm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	field := licenceField.FindSubmatch(config)
	if field == nil {
		t.Fatal("nfpm.yaml has no license:")
	}
	got := strings.Split(string(field[1]), " AND ")
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("nfpm.yaml says %q, and linked are %q", got, want)
	}
}

// Texts that tell licences apart, the most telling first, by SPDX identifier.
var spdx = []struct{ id, text string }{
	{"Apache-2.0", "Apache License"},
	{"MPL-2.0", "Mozilla Public License"},
	{"MIT", "Permission is hereby granted, free of charge"},
	{"ISC", "Permission to use, copy, modify, and"},
	{"BSD-3-Clause", "name of"}, // "Neither the name of …", and older wordings
	{"BSD-2-Clause", "Redistribution and use in source and binary forms"},
}

// identifiers are the SPDX identifiers of all parts, each once, sorted. A file
// that none is known for gives the name of the file.
func identifiers(parts []part) ([]string, error) {
	var ids []string
	for _, p := range parts {
		for _, name := range p.files {
			text, err := os.ReadFile(filepath.Join(p.dir, name))
			if err != nil {
				return nil, err
			}
			if id := identify(string(text)); id != "" {
				ids = append(ids, id)
			} else if !strings.HasPrefix(name, "NOTICE") && !strings.HasPrefix(name, "PATENTS") {
				ids = append(ids, p.name+"/"+name)
			}
		}
	}
	ids = append(ids, "MIT") // our own
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func identify(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, licence := range spdx {
		if strings.Contains(text, licence.text) {
			return licence.id
		}
	}
	return ""
}
