// Package cli is the ecounit command: it reads the words that were typed, has
// the other packages do the work, and says what happened. One file a verb. No
// other package may import it.
package cli
