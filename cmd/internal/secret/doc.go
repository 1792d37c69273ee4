// Package secret gets passwords from where they belong, a file, the environment or a terminal without echo, never from
// the command line, and keeps them out of whatever is printed.
package secret
