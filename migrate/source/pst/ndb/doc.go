// Package ndb reads the Node Database layer of Outlook's PST and OST files ([MS-PST] section 2.2): the header, the two
// B-trees of pages, the blocks, and what is built from blocks: data trees and subnode trees.
//
// A file is a set of nodes. Each has an id ([NID]), data (a sequence of blocks, read through [Data]) and maybe subnodes, which
// are nodes of its own. What the data mean is the business of package ltp.
//
// Read are the ANSI format (versions 14 and 15), the Unicode format (23) and the one with pages of 4096 bytes and blocks
// deflated with zlib that Outlook has written for OST files since 2013 (36; not in [MS-PST], but in the documentation of
// libpff), each in any of the three encodings ([Encryption]). None of them needs a password.
//
// Nothing is read before it is asked for, and only about a megabyte of pages and blocks is kept. Damage stays local: a page or
// block that can't be read costs what hangs on it and no more, and what can still be used is used, see [Damage]. Where a root
// or a branch of a tree is broken, the leaves below it are found by reading through the whole file once; that is also how
// a file is read that was cut off before its roots, or whose header is that of an older state.
package ndb
