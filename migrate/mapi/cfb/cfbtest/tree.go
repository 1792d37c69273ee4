package cfbtest

import (
	"maps"
	"slices"
	"strings"
)

// kindStorage is the kind of a directory entry that holds others.
const kindStorage = 1

// BuildTree makes a compound file of streams whose names have slashes between those of the storages that they lie in.
func BuildTree(streams map[string]string) []byte {
	b := &builder{}
	var entries [][]byte
	top := b.level(&entries, streams)
	root := entry("Root Entry", kindRoot, free, top, chain(b.mini, sectorSize, &b.sectors, &b.fat), len(b.mini))
	directory := chain(slices.Concat(append([][]byte{root}, entries...)...), sectorSize, &b.sectors, &b.fat)
	miniFAT := chain(words(b.miniFAT), sectorSize, &b.sectors, &b.fat)
	return b.file(directory, miniFAT)
}

// level adds what lies in one storage, and returns the number of its first entry.
func (b *builder) level(entries *[][]byte, streams map[string]string) uint32 {
	below := map[string]map[string]string{}
	for name, data := range streams {
		if storage, rest, ok := strings.Cut(name, "/"); ok {
			if below[storage] == nil {
				below[storage] = map[string]string{}
			}
			below[storage][rest] = data
		}
	}
	first := uint32(free)
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(streams))) {
		if strings.Contains(name, "/") {
			continue
		}
		*entries = append(*entries, b.stream(name, streams[name], first))
		first = uint32(len(*entries))
	}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(below))) {
		child := b.level(entries, below[name])
		*entries = append(*entries, entry(name, kindStorage, first, child, 0, 0))
		first = uint32(len(*entries))
	}
	return first
}
