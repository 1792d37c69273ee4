package ltp

// The types of properties ([MS-OXCDATA] 2.11.1).
const (
	Integer16  uint16 = 0x0002
	Integer32  uint16 = 0x0003
	Floating32 uint16 = 0x0004
	Floating64 uint16 = 0x0005
	Currency   uint16 = 0x0006
	AppTime    uint16 = 0x0007
	ErrorCode  uint16 = 0x000A
	Boolean    uint16 = 0x000B
	Object     uint16 = 0x000D
	Integer64  uint16 = 0x0014
	String8    uint16 = 0x001E // in the code page of the store or the message
	String     uint16 = 0x001F // UTF-16, little endian, no zero at the end
	Time       uint16 = 0x0040
	GUID       uint16 = 0x0048
	Binary     uint16 = 0x0102

	Multiple uint16 = 0x1000 // added to one of the above: any number of them
)

// fixedSize is the size of values of a type, 0 if it varies.
func fixedSize(typ uint16) int {
	switch typ {
	case Boolean:
		return 1
	case Integer16:
		return 2
	case Integer32, Floating32, ErrorCode:
		return 4
	case Floating64, Currency, AppTime, Integer64, Time:
		return 8
	case GUID:
		return 16
	}
	return 0
}
