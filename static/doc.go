// Package static answers requests with the files of one folder. What it hands
// out is meant for everybody, so it is strict about what is in the folder
// without being meant: what begins with a dot, what links lead to outside, and
// what is no regular file. It must not know descriptors, nor where it listens.
package static
