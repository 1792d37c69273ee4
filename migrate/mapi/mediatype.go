package mapi

import (
	"path"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// byExtension are the media types of files that don't say theirs. It is a list of our own, because what the system
// knows differs from one machine to the next.
var byExtension = map[string]string{
	".txt": "text/plain", ".log": "text/plain", ".csv": "text/csv", ".htm": "text/html", ".html": "text/html", ".xml": "application/xml",
	".ics": "text/calendar", ".vcs": "text/x-vcalendar", ".vcf": "text/vcard", ".css": "text/css", ".json": "application/json", ".rtf": "application/rtf",
	".pdf": "application/pdf", ".zip": "application/zip", ".gz": "application/gzip", ".7z": "application/x-7z-compressed", ".rar": "application/vnd.rar",
	".tar": "application/x-tar", ".doc": "application/msword", ".dot": "application/msword", ".xls": "application/vnd.ms-excel",
	".ppt": "application/vnd.ms-powerpoint", ".pps": "application/vnd.ms-powerpoint", ".mpp": "application/vnd.ms-project", ".vsd": "application/vnd.visio",
	".msg":  "application/vnd.ms-outlook",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".odt":  "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
	".odp": "application/vnd.oasis.opendocument.presentation", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jpe": "image/jpeg", ".png": "image/png",
	".gif": "image/gif", ".bmp": "image/bmp", ".tif": "image/tiff", ".tiff": "image/tiff", ".webp": "image/webp", ".svg": "image/svg+xml",
	".ico": "image/vnd.microsoft.icon", ".wmf": "image/wmf", ".emf": "image/emf", ".heic": "image/heic", ".mp3": "audio/mpeg", ".wav": "audio/wav",
	".m4a": "audio/mp4", ".mp4": "video/mp4", ".mov": "video/quicktime", ".avi": "video/x-msvideo", ".wmv": "video/x-ms-wmv", ".mpg": "video/mpeg",
	".mpeg": "video/mpeg", ".eml": mediaMessage, ".p7m": "application/pkcs7-mime", ".p7s": "application/pkcs7-signature", ".p7c": "application/pkcs7-mime",
	".delivery-status": "message/delivery-status", ".disposition-notification": "message/disposition-notification",
	".asc": "application/pgp-signature", ".sig": "application/pgp-signature", ".js": "text/javascript", ".exe": "application/vnd.microsoft.portable-executable",
}

// mediaKind is the file's media type: what it says, else by its name.
func (f *attached) mediaKind() string {
	kind, _, _ := strings.Cut(f.trimmed(idAttachMIMEType), ";")
	if kind = strings.ToLower(strings.TrimSpace(kind)); isMediaType(kind) {
		return kind
	}
	if kind, ok := byExtension[strings.ToLower(path.Ext(f.name))]; ok {
		return kind
	}
	return mediaUnknown
}

// isFacts reports whether a media type is that of the facts in a report.
func isFacts(mediaType string) bool {
	return mediaType == "message/delivery-status" || mediaType == "message/disposition-notification"
}

func isMediaType(s string) bool {
	kind, sub, ok := strings.Cut(s, "/")
	return ok && isToken(kind) && isToken(sub) && len(s) < 128
}

func isToken(s string) bool {
	for _, c := range []byte(s) {
		if !isAlphanumeric(c) && strings.IndexByte("!#$&-^_.+", c) < 0 {
			return false
		}
	}
	return s != ""
}

// charsetParameter is the charset of a text file, where it is known.
func (f *attached) charsetParameter() string {
	if !strings.HasPrefix(f.mediaType, "text/") {
		return ""
	}
	name := strings.ToLower(f.trimmed(idAttachCharset))
	if _, err := htmlindex.Get(name); err != nil || !isToken(name) {
		return ""
	}
	return "; charset=" + name
}
