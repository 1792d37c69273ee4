package mapi

// Properties of messages ([MS-OXPROPS]).
const (
	idImportance           ID = 0x0017
	idMessageClass         ID = 0x001A
	idPriority             ID = 0x0026
	idReadReceiptRequested ID = 0x0029
	idReportTime           ID = 0x0032
	idSensitivity          ID = 0x0036
	idSubject              ID = 0x0037
	idClientSubmitTime     ID = 0x0039
	idSentRepSearchKey     ID = 0x003B
	idSubjectPrefix        ID = 0x003D
	idSentRepEntryID       ID = 0x0041
	idSentRepName          ID = 0x0042
	idOriginalSubject      ID = 0x0049
	idReplyRecipients      ID = 0x004F
	idStartDate            ID = 0x0060
	idEndDate              ID = 0x0061
	idSentRepType          ID = 0x0064
	idSentRepAddress       ID = 0x0065
	idConversationTopic    ID = 0x0070
	idConversationIndex    ID = 0x0071
	idTransportHeaders     ID = 0x007D
	idSenderEntryID        ID = 0x0C19
	idSenderName           ID = 0x0C1A
	idSenderSearchKey      ID = 0x0C1D
	idSenderType           ID = 0x0C1E
	idSenderAddress        ID = 0x0C1F
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
	idOriginalMessageID    ID = 0x1046
	idIconIndex            ID = 0x1080
	idLastVerb             ID = 0x1081
	idFlagStatus           ID = 0x1090
	idCreationTime         ID = 0x3007
	idLastModified         ID = 0x3008
	idSearchKey            ID = 0x300B
	idInternetCodepage     ID = 0x3FDE
	idMessageLocale        ID = 0x3FF1
	idCreatorName          ID = 0x3FF8
	idMessageCodepage      ID = 0x3FFD
	idSenderSMTP           ID = 0x5D01
	idSentRepSMTP          ID = 0x5D02
	idCreatorSMTP          ID = 0x5D0A
)

// Properties of recipients.
const (
	idRecipientReportTime ID = 0x0032
	idNDRReason           ID = 0x0C04
	idNDRDiagnostic       ID = 0x0C05
	idRecipientType       ID = 0x0C15
	idNDRStatus           ID = 0x0C20
	idSupplementaryInfo   ID = 0x0C1B
	idRemoteMTA           ID = 0x0C21
	idDisplayName         ID = 0x3001
	idAddressType         ID = 0x3002
	idEmailAddress        ID = 0x3003
	idSMTPAddress         ID = 0x39FE
	idRecipientName       ID = 0x5FF6
	idRecipientStatus     ID = 0x5FFF
	idRecipientFlags      ID = 0x5FFD
)

// Properties of attachments ([MS-OXCMSG] section 2.2.2).
const (
	idAttachData      ID = 0x3701
	idAttachExtension ID = 0x3703
	idAttachShortName ID = 0x3704
	idAttachMethod    ID = 0x3705
	idAttachName      ID = 0x3707
	idAttachPath      ID = 0x3708
	idAttachLongPath  ID = 0x370D
	idAttachMIMEType  ID = 0x370E
	idAttachContentID ID = 0x3712
	idAttachLocation  ID = 0x3713
	idAttachCharset   ID = 0x371B
	idAttachmentFlags ID = 0x7FFD
	idAttachPhoto     ID = 0x7FFF
)

// Properties of contacts.
const (
	idCallbackPhone  ID = 0x3A02
	idGeneration     ID = 0x3A05
	idGivenName      ID = 0x3A06
	idBusinessPhone  ID = 0x3A08
	idHomePhone      ID = 0x3A09
	idSurname        ID = 0x3A11
	idCompany        ID = 0x3A16
	idTitle          ID = 0x3A17
	idDepartment     ID = 0x3A18
	idPrimaryPhone   ID = 0x3A1A
	idBusinessPhone2 ID = 0x3A1B
	idMobilePhone    ID = 0x3A1C
	idRadioPhone     ID = 0x3A1D
	idCarPhone       ID = 0x3A1E
	idOtherPhone     ID = 0x3A1F
	idPager          ID = 0x3A21
	idPrimaryFax     ID = 0x3A23
	idBusinessFax    ID = 0x3A24
	idHomeFax        ID = 0x3A25
	idTelex          ID = 0x3A2C
	idISDN           ID = 0x3A2D
	idAssistantPhone ID = 0x3A2E
	idHomePhone2     ID = 0x3A2F
	idAnniversary    ID = 0x3A41
	idBirthday       ID = 0x3A42
	idMiddleName     ID = 0x3A44
	idNamePrefix     ID = 0x3A45
	idProfession     ID = 0x3A46
	idSpouse         ID = 0x3A48
	idTextPhone      ID = 0x3A4B
	idNickname       ID = 0x3A4F
	idPersonalPage   ID = 0x3A50
	idBusinessPage   ID = 0x3A51
	idCompanyPhone   ID = 0x3A57
)
