package batch

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlAccounts reads a list of accounts, or a mapping whose "accounts" is one.
func (m *Manifest) yamlAccounts(o *LoadOptions, text []byte) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return yamlError(err)
	}
	list, err := accountList(&doc)
	if err != nil {
		return err
	}
	for _, node := range list.Content {
		v, err := yamlValues(node)
		m.take(o, node.Line, v, err)
	}
	return nil
}

// errAlias does not repeat what it is about: it may be a password.
var errAlias = errors.New("a value that begins with * is YAML's name of another value; put it into quotes")

func yamlError(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.HasPrefix(text, "unknown anchor") {
		return errAlias
	}
	return errors.New(text)
}

var errNoList = errors.New("want a list of accounts, or accounts: and a list")

func accountList(doc *yaml.Node) (*yaml.Node, error) {
	if len(doc.Content) == 0 {
		return nil, errNoList
	}
	node := doc.Content[0]
	if node.Kind == yaml.MappingNode {
		if len(node.Content) != 2 || node.Content[0].Value != "accounts" {
			return nil, &LineError{Line: node.Line, Err: errNoList}
		}
		node = node.Content[1]
	}
	if node.Kind != yaml.SequenceNode {
		return nil, &LineError{Line: node.Line, Err: errNoList}
	}
	return node, nil
}

// yamlValues reads one account. Its columns are those of a table, and server and user may stand in place of to.
func yamlValues(node *yaml.Node) (values, error) {
	if node.Kind != yaml.MappingNode {
		return nil, errors.New("want name: value for each column")
	}
	v := values{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := strings.ToLower(node.Content[i].Value)
		c, ok := columnOf(name)
		if slices.Contains([]string{"server", "user"}, name) {
			c, ok = column{name: name}, true
		}
		if !ok {
			return nil, errUnknownColumn(name)
		}
		if _, twice := v[c.name]; twice {
			return nil, fmt.Errorf("column %q is there twice", c.name)
		}
		all, err := yamlCell(c, node.Content[i+1])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		v[c.name] = all
	}
	return v, v.joinAddress()
}

// yamlCell reads a value, or a list of some.
func yamlCell(c column, node *yaml.Node) ([]string, error) {
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode && c.list {
		nodes = node.Content
	}
	var all []string
	for _, n := range nodes {
		switch {
		case n.Kind != yaml.ScalarNode:
			return nil, errors.New("want a text")
		case n.Tag == "!!null":
			continue
		}
		if err := printable(n.Value); err != nil {
			return nil, err
		}
		if !c.secret {
			n.Value = strings.TrimSpace(n.Value)
		}
		all = append(all, some(n.Value)...)
	}
	return all, nil
}

// joinAddress makes "to" of "server" and "user". The server may name the protocol: imap://mail.example.org.
func (v values) joinAddress() error {
	server, user := v.one("server"), v.one("user")
	switch {
	case server == "" && user == "":
		return nil
	case server == "" || user == "" || v.one("to") != "":
		return errors.New("want either to, or server and user")
	}
	scheme, host, ok := strings.Cut(server, "://")
	if !ok {
		scheme, host = "imaps", server
	}
	v["to"] = []string{scheme + "://" + url.PathEscape(user) + "@" + host}
	return nil
}
