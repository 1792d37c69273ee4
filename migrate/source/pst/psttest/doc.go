// Package psttest writes PST and OST files for tests, from folders, messages and attachments that are given as properties.
//
// It writes each format and encoding that package ndb reads, by the rules of [MS-PST], and nothing of it is taken from the
// packages that read, so that a file read back equal says something about both. The sizes at which structures get another level
// can be made small with [Limits], which gives files of a few kilobytes with trees of any depth. What no Outlook would
// write (orphans, bytes that were changed) is for the tests of damaged files.
//
// Only tests import it.
package psttest
