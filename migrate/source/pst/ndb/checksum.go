package ndb

import "hash/crc32"

// checksum is the CRC of [MS-PST] 5.3: that of zlib, but begun with 0 and not inverted at the end.
func checksum(b []byte) uint32 {
	return ^crc32.Update(^uint32(0), crc32.IEEETable, b)
}

// signature ties a page or block to its place and id ([MS-PST] 5.5).
func signature(offset int64, id BID) uint16 {
	v := uint32(offset) ^ uint32(id)
	return uint16(v>>16) ^ uint16(v)
}
