package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"unpop/migrate"
)

// exportFlag says where to write what is not mail.
type exportFlag struct{ export string }

func (f *exportFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.export, "export", "", "write contacts, appointments and the like to `DIR`")
}

// write exports what the sources hold beside mail, if that is wanted, and says what came of it.
func (f *exportFlag) write(ctx context.Context, a *app, inputs []migrate.Input) error {
	if f.export == "" {
		return nil
	}
	var sources []migrate.Exporter
	for _, in := range inputs {
		if source, ok := in.Source.(migrate.Exporter); ok {
			sources = append(sources, source)
		}
	}
	out, err := migrate.Export(ctx, f.export, sources...)
	if err != nil {
		return err
	}
	for _, failure := range out.Errors {
		a.ui.warn(fmt.Sprintf("not exported: %v", failure))
	}
	a.ui.note("%s", exportedText(out, f.export))
	return nil
}

// exportedText says what was written: "9 appointments and 2 contacts written to DIR".
func exportedText(e migrate.Exported, dir string) string {
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(e.Kinds)) {
		kinds = append(kinds, counted(e.Kinds[kind], kind))
	}
	text := "nothing to export: the sources hold nothing but mail"
	switch n := len(kinds); {
	case n > 1:
		text = strings.Join(kinds[:n-1], ", ") + " and " + kinds[n-1] + " written to " + dir
	case n == 1:
		text = kinds[0] + " written to " + dir
	case e.Failed > 0:
		text = "nothing was exported"
	}
	if e.Failed > 0 {
		text += "; " + counted(e.Failed, "item") + " could not be read"
	}
	return text
}
