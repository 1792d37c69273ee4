// Package rtf reads the Rich Text Format as Outlook keeps it in its items: it undoes the compression ([MS-OXRTFCP]), gives back the HTML
// or text that was wrapped in RTF ([MS-OXRTFEX]), and makes HTML or text of what was written as rich text.
//
// Everything streams: memory doesn't grow with the text. Hostile input ends in an error or in odd text.
package rtf
