package migrate

// namesOfRole are the names of the standard folders in Thunderbird, Outlook, Windows Live Mail, Apple Mail, Gmail and the
// usual web mailers, in lower case. A name that means different things in different programs is not here.
var namesOfRole = map[Role][]string{
	RoleInbox: {
		"inbox",                                          // English; every IMAP server
		"posta in arrivo", "in arrivo", "posta ricevuta", // Italian
		"posteingang", "eingang", // German
		"boîte de réception", "boite de reception", "courrier entrant", "réception", // French
		"bandeja de entrada", "recibidos", "buzón de entrada", // Spanish
		"caixa de entrada", "entrada", // Portuguese
		"postvak in", "inkomend", // Dutch
		"odebrane", "skrzynka odbiorcza", // Polish
		"inkorgen", "inkorg", "indbakke", "innboks", "saapuneet", // Swedish, Danish, Norwegian, Finnish
		"doručená pošta", "doručené", "prijatá pošta", "doručená", // Czech, Slovak
		"beérkezett üzenetek", "bejövő", "căsuță de intrare", "mesaje primite", // Hungarian, Romanian
		"prejeto", "ulazna pošta", "pristigla pošta", // Slovene, Croatian
		"safata d'entrada", "gelen kutusu", // Catalan, Turkish
		"входящие", "вхідні", "εισερχόμενα", "受信トレイ", "收件箱", "收件匣", "받은 편지함", // Russian, Ukrainian, Greek, Japanese, Chinese, Korean
	},
	RoleSent: {
		"sent", "sent items", "sent messages", "sent mail", "sent-mail", "sent_mail", "sentmail", "sent objects", "sent e-mail", "sent email",
		"posta inviata", "inviata", "inviati", "inviate", "posta spedita", "messaggi inviati", "elementi inviati",
		"gesendet", "gesendete elemente", "gesendete objekte", "gesendete nachrichten", "gesendete mails", "gesendete e-mails",
		"éléments envoyés", "messages envoyés", "envoyés", "envoyé", "courrier envoyé", "courriers envoyés", "elements envoyes", "objets envoyés",
		"enviados", "elementos enviados", "mensajes enviados", "correo enviado", "enviadas",
		"itens enviados", "enviado", "mensagens enviadas", "e-mails enviados", "correio enviado",
		"verzonden", "verzonden items", "verzonden berichten", "verstuurd",
		"wysłane", "elementy wysłane", "wysłane wiadomości", "wiadomości wysłane", "poczta wysłana",
		"skickat", "skickade objekt", "skickade", "sendt", "sendt post", "sendte elementer", "sendte e-poster", "lähetetyt",
		"odeslaná pošta", "odeslané", "odoslaná pošta", "odoslané",
		"elküldött elemek", "elküldött üzenetek", "elküldött", "elemente trimise", "mesaje trimise", "trimise",
		"poslano", "poslane stavke", "poslana pošta",
		"enviats", "elements enviats", "gönderilmiş öğeler", "gönderilmiş", "gönderilmiş postalar",
		"отправленные", "надіслані", "απεσταλμένα", "送信済みアイテム", "送信済み", "已发送邮件", "已发送", "寄件備份", "보낸 편지함",
	},
	RoleDrafts: {
		"drafts", "draft", "draft messages",
		"bozze", "bozza",
		"entwürfe", "entwurf", "entwuerfe",
		"brouillons", "brouillon",
		"borradores", "borrador",
		"rascunhos", "rascunho",
		"concepten",
		"wersje robocze", "kopie robocze", "robocze", "szkice",
		"utkast", "kladder", "kladde", "luonnokset",
		"koncepty", "rozepsané", "rozpísané",
		"piszkozatok", "ciorne", "schițe",
		"osnutki", "skice", "nacrti",
		"esborranys", "taslaklar",
		"черновики", "чернетки", "πρόχειρα", "下書き", "草稿", "草稿箱", "임시 보관함",
	},
	RoleTrash: {
		"trash", "deleted items", "deleted messages", "deleted", "deleted objects", "deleted mail", "bin", "wastebasket",
		"cestino", "posta eliminata", "eliminati", "elementi eliminati", "posta cancellata", "messaggi eliminati",
		"papierkorb", "gelöschte elemente", "gelöschte objekte", "gelöscht", "gelöschte nachrichten",
		"corbeille", "éléments supprimés", "messages supprimés", "supprimés", "courrier supprimé", "poubelle",
		"papelera", "elementos eliminados", "eliminados", "papelera de reciclaje", "mensajes eliminados",
		"lixo", "lixeira", "itens excluídos", "itens eliminados", "excluídos", "mensagens excluídas",
		"prullenbak", "prullenmand", "verwijderde items", "verwijderde berichten", "verwijderd",
		"kosz", "elementy usunięte", "usunięte",
		"papperskorgen", "papperskorg", "borttaget", "borttagna objekt", "papirkurv", "slettet post", "slettede elementer", "slettet", "søppel", "roskakori", "poistetut",
		"koš", "odstraněná pošta", "kôš", "odstránená pošta", "vymazané",
		"törölt elemek", "kuka", "lomtár", "elemente șterse", "coș de gunoi", "gunoi",
		"izbrisano", "koš za smeti", "smeće", "obrisane stavke",
		"paperera", "elements suprimits", "çöp", "çöp kutusu", "silinmiş öğeler",
		"корзина", "удаленные", "удалённые", "кошик", "διαγραμμένα", "κάδος", "ごみ箱", "削除済みアイテム", "已删除邮件", "已删除", "垃圾桶", "휴지통", "지운 편지함",
	},
	RoleJunk: {
		"junk", "spam", "junk mail", "junk e-mail", "junk email", "bulk mail", "bulk", "junk-e-mail", "spambox",
		"posta indesiderata", "indesiderata", "indesiderati",
		"unerwünscht", "unerwünschte werbung", "junk-e-mails", "spamverdacht",
		"courrier indésirable", "indésirables", "indésirable", "pourriel", "pourriels",
		"correo no deseado", "no deseado", "correo basura",
		"lixo eletrônico", "lixo eletrónico", "correio publicitário não solicitado",
		"ongewenst", "ongewenste e-mail", "ongewenste reclame", "ongewenste berichten",
		"wiadomości-śmieci", "wiadomości śmieci", "niechciane",
		"skräppost", "uønsket post", "uønsket e-post", "uønsket", "søppelpost", "roskaposti",
		"nevyžádaná pošta", "nevyžiadaná pošta",
		"levélszemét", "e-mail nedorit", "mesaje nedorite",
		"vsiljena pošta", "neželena pošta", "neželjena pošta",
		"correu brossa", "gereksiz", "önemsiz", "istenmeyen posta",
		"спам", "нежелательная почта", "небажана пошта", "ανεπιθύμητη αλληλογραφία", "迷惑メール", "垃圾邮件", "垃圾郵件", "스팸", "정크 메일",
	},
	RoleArchive: {
		"archive", "archives", "archived", "all mail",
		"archivio", "archivi", "archiviati", "tutti i messaggi",
		"archiv", "archivieren", "alle nachrichten",
		"archivées", "archivés", "tous les messages",
		"archivo", "archivados",
		"arquivo", "arquivo morto", "todos os e-mails", "arquivadas",
		"archief", "archieven", "alle berichten",
		"archiwum", "archiwa",
		"arkiv", "arkisto",
		"archív", "archívum", "arhivă", "arhiva", "arhiv",
		"arxiu", "arşiv",
		"архив", "архивы", "архів", "αρχειοθήκη", "アーカイブ", "存档", "存檔", "封存", "보관함",
	},
	RoleTemplates: {
		"templates", "template",
		"modelli", "modello",
		"vorlagen", "vorlage",
		"modèles", "modèle", "modeles",
		"plantillas", "plantilla",
		"modelos", "modelo",
		"sjablonen", "sjabloon",
		"szablony", "szablon",
		"mallar", "skabeloner", "mallipohjat", "mallit",
		"šablony", "šablóny", "sablonok", "șabloane", "predloge", "predlošci",
		"plantilles", "şablonlar",
		"шаблоны", "шаблони", "πρότυπα", "テンプレート", "模板", "範本", "템플릿", "서식",
	},
}

// roleNames is the same table by name.
var roleNames = byName(namesOfRole)

func byName(names map[Role][]string) map[string]Role {
	roles := make(map[string]Role, 512)
	for role, list := range names {
		for _, name := range list {
			roles[name] = role
		}
	}
	return roles
}
