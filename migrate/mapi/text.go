package mapi

// Text returns a string property, decoded and without zeros, or "" where there is none. page is the store's code page for 8-bit
// strings of objects that don't name their own; 0 is windows-1252.
func Text(o Object, id ID, page int) string { return reader{o, page}.text(id) }

// Int returns a number or a boolean, or 0 where there is none.
func Int(o Object, id ID) int { return reader{Object: o}.int(id) }
