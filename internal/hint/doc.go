// Package hint is what errors have for people besides their text: what to type,
// on a line of its own, and what the system said, in its own words. It must not
// know which errors there are, nor how they are printed.
package hint
