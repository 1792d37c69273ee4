package migrate

import (
	"strings"

	"unpop/dedupe"
)

// gmailStates are the labels of Google Takeout that tell a message's state. It writes them in the account's language.
var gmailStates = map[string]Flags{
	"Opened": Seen, "Geöffnet": Seen, "Ouvert": Seen,
	"Starred": Flagged, "Favoris": Flagged,
}

// gmailLabels reads what Google Takeout says of a message's state; its labels are folders of Gmail, not keywords. One letter beyond
// ASCII in a label, and all of them are encoded words (RFC 2047).
func gmailLabels(c *Copy, value string) {
	for _, label := range splitLabels(dedupe.DecodeSubject(value)) {
		c.Flags |= gmailStates[label]
		if RoleOf(label) == RoleDrafts {
			c.Flags |= Draft
		}
	}
}

// splitLabels cuts a list at its commas, but for those within quotes.
func splitLabels(list string) []string {
	quoted := false
	labels := strings.FieldsFunc(list, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ',' && !quoted
	})
	for i, label := range labels {
		labels[i] = strings.Trim(label, ` "`)
	}
	return labels
}
