package mapi

// Properties of messages ([MS-OXPROPS]).
const (
	idImportance           ID = 0x0017
	idMessageClass         ID = 0x001A
	idReadReceiptRequested ID = 0x0029
	idPriority             ID = 0x0026
	idSensitivity          ID = 0x0036
	idSubject              ID = 0x0037
	idClientSubmitTime     ID = 0x0039
	idSubjectPrefix        ID = 0x003D
	idReceivedByName       ID = 0x0040
	idSentRepName          ID = 0x0042
	idReplyRecipients      ID = 0x004F
	idReplyRecipientNames  ID = 0x0050
	idSentRepType          ID = 0x0064
	idSentRepAddress       ID = 0x0065
	idReceivedByAddress    ID = 0x0076
	idConversationTopic    ID = 0x0070
	idConversationIndex    ID = 0x0071
	idTransportHeaders     ID = 0x007D
	idSenderName           ID = 0x0C1A
	idSenderSearchKey      ID = 0x0C1D
	idSenderType           ID = 0x0C1E
	idSenderAddress        ID = 0x0C1F
	idSentRepSearchKey     ID = 0x003B
	idDisplayBcc           ID = 0x0E02
	idDisplayCc            ID = 0x0E03
	idDisplayTo            ID = 0x0E04
	idDeliveryTime         ID = 0x0E06
	idMessageFlags         ID = 0x0E07
	idMessageStatus        ID = 0x0E17
	idNormalizedSubject    ID = 0x0E1D
	idRTFInSync            ID = 0x0E1F
	idBody                 ID = 0x1000
	idReportText           ID = 0x1001
	idRTFCompressed        ID = 0x1009
	idHTML                 ID = 0x1013
	idNativeBody           ID = 0x1016
	idMessageID            ID = 0x1035
	idReferences           ID = 0x1039
	idInReplyTo            ID = 0x1042
	idIconIndex            ID = 0x1080
	idLastVerb             ID = 0x1081
	idFlagStatus           ID = 0x1090
	idDisplayName          ID = 0x3001
	idAddressType          ID = 0x3002
	idEmailAddress         ID = 0x3003
	idCreationTime         ID = 0x3007
	idLastModified         ID = 0x3008
	idSearchKey            ID = 0x300B
	idInternetCodepage     ID = 0x3FDE
	idMessageCodepage      ID = 0x3FFD
	idSenderSMTP           ID = 0x5D01
	idSentRepSMTP          ID = 0x5D02
)
