// Package ltp reads the Lists, Tables and Properties layer of Outlook's PST and OST files ([MS-PST] section 2.3), which gives the
// data of a node their meaning: a heap of small items, B-trees on it, and made of those the property context, a set of
// properties ([OpenContext]), and the table context, rows and columns of them ([OpenTable]).
//
// A property has a 16-bit id and a 16-bit type ([MS-OXCDATA] 2.11.1), together its tag. Values are given as the bytes that are
// stored, with their type: what code page a string has is not known here. Values up to [MaxValue] bytes are given whole, larger
// ones (the content of an attachment) as a [Stream], which reads them from the file block by block.
//
// Errors are those of package ndb ([*ndb.Damage]) or an [*Error] that names the node.
package ltp
