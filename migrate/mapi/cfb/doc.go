// Package cfb reads compound files ([MS-CFB]), the file systems in a file in which OLE keeps objects: enough to list and read what
// is in them. Damaged and hostile files give errors; nothing is read more often than the file is long.
package cfb
