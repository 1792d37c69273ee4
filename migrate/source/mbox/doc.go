// Package mbox reads mail from mbox files: single ones and trees of them.
//
// There is no standard for mbox, only habits (RFC 4155 describes one of them). A message begins with a separator,
// the From_ line, and ends where the next one begins. What makes a line a separator is decided by [Part] for each file
// from a sample of its beginning:
//
//   - strict: a From_ line at the start of the file or after a blank line, and a header after it;
//   - relaxed, for files whose writer puts no blank line before a From_ line: the same without the blank line;
//   - by Content-Length, where it is there and true (mboxcl, mboxcl2).
//
// A From_ line is "From sender date", "From - date" (Netscape), "From address" or a bare "From " (Thunderbird); prose that
// begins with "From " and the From_ line of a git patch are none.
//
// Offsets of messages are not kept: a copy's Ref holds all that is needed to read it again.
package mbox
