// Package examples holds apps to start from, each in a folder of its own, and
// the tests that run them. Nothing of ecounit may depend on it.
package examples
