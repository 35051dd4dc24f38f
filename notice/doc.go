// Package notice says what people are told when a process of an app fails: it
// tells one episode of failures from the next and writes the text and the mail.
// It must not know how either is sent, or where the facts come from.
package notice
