// Package templates holds the texts that ecounit writes for people: a new
// ecounit.toml and the request to the administrator. It is pure: it must not
// know where a text goes or what the machine looks like.
package templates
