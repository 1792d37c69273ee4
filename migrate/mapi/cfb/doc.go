// Package cfb reads compound files ([MS-CFB]), the file systems in a file in which OLE keeps objects: enough to list the streams
// at the top and to read them one after another. Damaged and hostile files give errors; nothing is read more often than
// the file is long.
package cfb
