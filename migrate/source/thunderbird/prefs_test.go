package thunderbird

import (
	"maps"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParsePrefs(t *testing.T) {
	t.Parallel()
	text := "\ufeffuser_pref(\"mail.first\", true);\n" + `// Mozilla User Preferences
/* user_pref("mail.comment", 1);
*/
# user_pref("mail.hash", 1);
user_pref("mail.server.server1.type", "pop3");
user_pref("mail.server.server1.port", 995);
  user_pref( "mail.blanks" ,  false ) ;
user_pref("mail.server.server1.directory", "C:\\Users\\Anna\\Mail\\pop.example.com");
user_pref("mail.quote", "a \"b\" \x41\u00e8\n\ud83d\ude00\q");
user_pref('mail.single', 'it\'s');
user_pref("browser.startup", 1);
user_pref("mail.open", "no end
user_pref("mail.cut"
user_pref("mail.long", "` + strings.Repeat("x", 100_000) + `");
user_pref("mail.last", "x")`
	want := prefs{
		"mail.first": "true", "mail.server.server1.type": "pop3", "mail.server.server1.port": "995", "mail.blanks": "false",
		"mail.server.server1.directory": `C:\Users\Anna\Mail\pop.example.com`, "mail.quote": "a \"b\" Aè\n😀q", "mail.single": "it's", "mail.last": "x",
	}
	if got := parsePrefs(strings.NewReader(text)); !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzPrefs: any file is read; a setting written with escapes is read back, whatever stands before it.
func FuzzPrefs(f *testing.F) {
	f.Add("mail.x", "Posta inviata", "user_pref(")
	f.Add("mail.è", `a"b\c`, "user_pref(\"mail.x\", \"\\")
	f.Fuzz(func(t *testing.T, name, value, junk string) {
		if len(name)+len(value) > 10_000 || !utf8.ValidString(name+value) || strings.ContainsAny(name+value, "\n\r") {
			parsePrefs(strings.NewReader(junk))
			return
		}
		quote := strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace
		text := junk + "\nuser_pref(\"mail." + quote(name) + "\", \"" + quote(value) + "\");\n"
		if got, ok := parsePrefs(strings.NewReader(text))["mail."+name]; !ok || got != value {
			t.Fatalf("%q: got %q, %v, want %q", text, got, ok, value)
		}
	})
}
