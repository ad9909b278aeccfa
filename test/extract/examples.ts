import { strToU8, zipSync } from "fflate";

const W =
  'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"';
const REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n';

function office(parts: Record<string, string>): Uint8Array {
  const entries = Object.entries(parts).map(([name, text]) => [name, strToU8(HEAD + text)] as const);
  return zipSync(Object.fromEntries(entries));
}

/** Relations by id, as type and target; addresses are external. */
function relations(list: Record<string, [string, string]>): string {
  const items = Object.entries(list).map(([id, [type, target]]) => {
    const outside = target.startsWith("http") ? ' TargetMode="External"' : "";
    return `<Relationship Id="${id}" Type="${REL}/${type}" Target="${target.replaceAll("&", "&amp;")}"${outside}/>`;
  });
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${items.join("")}</Relationships>`;
}

function core(title: string, author: string): string {
  return `<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t" xmlns:xsi="x"><dc:title>${title}</dc:title><dc:creator>${author}</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">2026-02-03T08:15:00Z</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">2026-03-04T17:45:00Z</dcterms:modified></cp:coreProperties>`;
}

const run = (text: string, properties = "") =>
  `<w:r>${properties === "" ? "" : `<w:rPr>${properties}</w:rPr>`}<w:t xml:space="preserve">${text}</w:t></w:r>`;
const para = (content: string, properties = "") =>
  `<w:p>${properties === "" ? "" : `<w:pPr>${properties}</w:pPr>`}${content}</w:p>`;
const item = (text: string, level: number, list: number) =>
  para(
    run(text),
    `<w:pStyle w:val="Listenabsatz"/><w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${list}"/></w:numPr>`,
  );
const cell = (text: string, properties = "") => `<w:tc><w:tcPr>${properties}</w:tcPr>${para(run(text))}</w:tc>`;
const box = (text: string) => `<w:txbxContent>${para(run(text))}</w:txbxContent>`;

const wordBody = [
  para(run("Vereinbarung über die Uferpflege"), '<w:pStyle w:val="Titel"/>'),
  para(`${run("Inhalt")}`, '<w:pStyle w:val="Verzeichnis1"/>'),
  para(run("§ 1 Gegenstand"), '<w:pStyle w:val="berschrift1"/>'),
  para(
    [
      run("Die Gemeinde "),
      run("übernimmt", "<w:b/>"),
      run(" die", '<w:b/><w:color w:val="FF0000"/>'),
      run(" Pflege"),
      '<w:del w:id="1" w:author="J"><w:r><w:delText>bis auf Weiteres </w:delText></w:r></w:del>',
      `<w:ins w:id="2" w:author="J">${run(" ab dem 1. April 2026")}</w:ins>`,
      run(" ("),
      `<w:hyperlink r:id="rId9">${run("Karte", '<w:rStyle w:val="Hyperlink"/>')}</w:hyperlink>`,
      run(")"),
      '<w:r><w:footnoteReference w:id="2"/></w:r>',
      run(". "),
      run("intern", "<w:vanish/>"),
      '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> HYPERLINK "https://example.org/satzung" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>',
      run("Satzung", "<w:i/>"),
      '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
    ].join(""),
  ),
  item("Mahd der Böschung", 0, 1),
  item("erster Schnitt im Juni", 1, 1),
  item("zweiter Schnitt im September", 1, 1),
  item("Räumung des Grabens", 0, 1),
  item("Bericht an den Rat", 0, 2),
  para(run("§ 2 Kosten"), '<w:pStyle w:val="berschrift2"/>'),
  `<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr>${cell("Posten")}${cell("2025")}${cell("2026")}</w:tr><w:tr>${cell("Mahd | Abfuhr")}${cell("noch offen", '<w:gridSpan w:val="2"/>')}</w:tr><w:tr>${cell("Gesamt")}${cell("1.200 €")}${cell("1.350 €")}</w:tr></w:tbl>`,
  para(
    `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:docPr id="3" name="Textfeld 3"/><wps:txbx>${box("Hinweis im Textfeld: שימו לב")}</wps:txbx></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict>${box("Hinweis im Textfeld: שימו לב")}</w:pict></mc:Fallback></mc:AlternateContent></w:r>`,
  ),
  para(
    '<w:r><w:drawing><wp:inline><wp:docPr id="4" name="Bild 4" descr="Skizze des Grabens 🌊"/></wp:inline></w:drawing></w:r>',
  ),
  para(`${run("Ort, Datum")}<w:r><w:tab/></w:r>${run("Unterschrift")}<w:r><w:br/></w:r>${run("Zweite Zeile")}`),
  "<w:sectPr/>",
].join("");

const style = (id: string, name: string, rest = "") =>
  `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/>${rest}</w:style>`;
const level = (place: number, format: string, start = 1) =>
  `<w:lvl w:ilvl="${place}"><w:start w:val="${start}"/><w:numFmt w:val="${format}"/></w:lvl>`;

const word = () =>
  office({
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": relations({ rId1: ["officeDocument", "word/document.xml"] }),
    "word/document.xml": `<w:document ${W}><w:body>${wordBody}</w:body></w:document>`,
    "word/_rels/document.xml.rels": relations({
      rId1: ["styles", "styles.xml"],
      rId2: ["numbering", "numbering.xml"],
      rId3: ["footnotes", "footnotes.xml"],
      rId9: ["hyperlink", "https://example.org/karte?a=1&b=(2)"],
    }),
    "word/styles.xml": `<w:styles ${W}>${style("Titel", "Title")}${style("berschrift1", "heading 1")}${style("berschrift2", "heading 2")}${style("Verzeichnis1", "toc 1")}${style("Listenabsatz", "List Paragraph")}</w:styles>`,
    "word/numbering.xml": `<w:numbering ${W}><w:abstractNum w:abstractNumId="0">${level(0, "decimal")}${level(1, "bullet")}</w:abstractNum><w:abstractNum w:abstractNumId="1">${level(0, "decimal", 7)}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>`,
    "word/footnotes.xml": `<w:footnotes ${W}><w:footnote w:id="-1" w:type="separator">${para("")}</w:footnote><w:footnote w:id="2">${para(run("Beschluss vom 12. Januar 2026."))}</w:footnote></w:footnotes>`,
    "docProps/core.xml": core("Vereinbarung Uferpflege", "Łukasz Müller"),
  });

/** A workbook whose second sheet has so many rows beside its head. */
export const workbook = (rows = 12) =>
  office({
    "_rels/.rels": relations({ rId1: ["officeDocument", "xl/workbook.xml"] }),
    "xl/workbook.xml": `<workbook xmlns:r="${REL}"><sheets><sheet name="Fahrten &amp; Kosten" sheetId="1" r:id="rId1"/><sheet name="Log" sheetId="2" r:id="rId2"/><sheet name="Leer" sheetId="3" r:id="rId5"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations({
      rId1: ["worksheet", "worksheets/sheet1.xml"],
      rId2: ["worksheet", "worksheets/sheet2.xml"],
      rId3: ["sharedStrings", "sharedStrings.xml"],
      rId4: ["styles", "styles.xml"],
      rId5: ["worksheet", "worksheets/sheet3.xml"],
    }),
    "xl/sharedStrings.xml":
      '<sst><si><t>Tag</t></si><si><t>Ziel</t></si><si><r><t>Kos</t></r><r><rPr><b/></rPr><t>ten</t></r></si><si><t>東京</t><rPh><t>トウキョウ</t></rPh></si><si><t xml:space="preserve">zwei\nZeilen | Strich</t></si></sst>',
    "xl/styles.xml":
      '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="165" formatCode="#,##0.00\\ &quot;days&quot;"/><numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>',
    "xl/worksheets/sheet1.xml":
      '<worksheet><dimension ref="B2:H6"/><sheetData><row r="2"><c r="B2" t="inlineStr"><is><t>Reisekosten 2026</t></is></c></row><row r="3"><c r="B3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c><c r="D3" t="s"><v>2</v></c><c r="E3" t="str"><v>Anteil</v></c><c r="F3" t="inlineStr"><is><t>Bezahlt</t></is></c><c r="G3" t="str"><v>Dauer</v></c><c r="H3" t="str"><v>Zeit</v></c></row><row r="4"><c r="B4" s="1"><v>46093</v></c><c r="C4" t="s"><v>3</v></c><c r="D4"><f>SUM(1,2)</f><v>0.30000000000000004</v></c><c r="E4" s="2"><v>0.125</v></c><c r="F4" t="b"><v>1</v></c><c r="G4" s="4"><v>2.5</v></c><c r="H4" s="5"><v>1.25</v></c></row><row r="6"><c r="B6" s="3"><v>46093.5625</v></c><c r="C6" t="s"><v>4</v></c><c r="D6" t="e"><v>#DIV/0!</v></c><c r="F6" t="b"><v>0</v></c></row></sheetData></worksheet>',
    "xl/worksheets/sheet2.xml": `<worksheet><dimension ref="A1:B${rows + 1}"/><sheetData><row r="1"><c r="A1" t="str"><v>Nr</v></c><c r="B1" t="str"><v>Text</v></c></row>${Array.from({ length: rows }, (_, n) => `<row r="${n + 2}"><c r="A${n + 2}"><v>${n + 1}</v></c><c r="B${n + 2}" t="str"><v>Eintrag ${n + 1}</v></c></row>`).join("")}</sheetData></worksheet>`,
    "xl/worksheets/sheet3.xml": "<worksheet><sheetData/></worksheet>",
    "docProps/core.xml": core("", "Zoë Adeyemi"),
  });

const A =
  'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"';
const shape = (type: string, paragraphs: string) =>
  `<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:nvPr><p:ph${type}/></p:nvPr></p:nvSpPr><p:txBody><a:bodyPr/>${paragraphs}</p:txBody></p:sp>`;
const line = (text: string, level = 0, properties = "") =>
  `<a:p><a:pPr lvl="${level}"/><a:r><a:rPr lang="de-DE"${properties}/><a:t>${text}</a:t></a:r></a:p>`;
const slide = (content: string) =>
  `<p:sld ${A} xmlns:r="${REL}"><p:cSld><p:spTree>${content}</p:spTree></p:cSld></p:sld>`;
const tableCell = (text: string) => `<a:tc><a:txBody>${line(text)}</a:txBody></a:tc>`;

const slides = () =>
  office({
    "_rels/.rels": relations({ rId1: ["officeDocument", "ppt/presentation.xml"] }),
    "ppt/presentation.xml": `<p:presentation ${A} xmlns:r="${REL}"><p:sldIdLst><p:sldId id="256" r:id="rId3"/><p:sldId id="257" r:id="rId2"/></p:sldIdLst></p:presentation>`,
    "ppt/_rels/presentation.xml.rels": relations({
      rId2: ["slide", "slides/slide1.xml"],
      rId3: ["slide", "slides/slide2.xml"],
    }),
    "ppt/slides/slide2.xml": slide(
      shape(' type="ctrTitle"', line("Hochwasser 2026:") + line("was wir lernten")) +
        shape(' type="subTitle" idx="1"', line("Ayşe Yılmaz, 3. März")) +
        shape(' type="sldNum"', line("1")),
    ),
    "ppt/slides/slide1.xml": slide(
      shape(' type="title"', line("Drei Gründe")) +
        shape(' idx="1"', line("Der Boden war ", 0) + line("schon satt 🌧️", 1, ' b="1"') + line("Das Wehr stand zu")) +
        `<p:graphicFrame><a:tbl><a:tr>${tableCell("Pegel")}${tableCell("Datum")}</a:tr><a:tr>${tableCell("0,92 m")}${tableCell("6. Dezember")}</a:tr></a:tbl></p:graphicFrame>`,
    ),
    "ppt/slides/_rels/slide1.xml.rels": relations({ rId1: ["notesSlide", "../notesSlides/notesSlide1.xml"] }),
    "ppt/notesSlides/notesSlide1.xml": `<p:notes ${A}>${shape(' type="sldImg"', "")}${shape(' type="body" idx="1"', line("Langsam sprechen."))}${shape(' type="sldNum"', line("2"))}</p:notes>`,
    "docProps/core.xml": core("PowerPoint Presentation", "Ayşe Yılmaz"),
  });

const mail = () =>
  Buffer.from(
    [
      "From: =?ISO-8859-1?Q?J=F6rg_M=FCller?= <Joerg@Example.org>",
      "To: =?utf-8?B?16nXnNeV150=?= <dana@example.org>, Team: a@example.org, b@example.org;",
      "Cc: zoe@example.org",
      "Subject: =?utf-8?Q?Grabenr=C3=A4umung_?= =?utf-8?Q?am_Samstag_=F0=9F=9A=9C?=",
      "Date: Tue, 03 Mar 2026 18:04:05 +0100",
      "Message-ID: <b2@example.org>",
      "In-Reply-To: <b1@example.org>",
      "References: <a0@example.org> <b1@example.org>",
      "MIME-Version: 1.0",
      'Content-Type: multipart/mixed; boundary="außen"'.replace("ß", "ss"),
      "",
      "--aussen",
      'Content-Type: multipart/alternative; boundary="innen"',
      "",
      "--innen",
      "Content-Type: text/plain; charset=iso-8859-1",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "Hallo Dana,=20",
      "",
      "die Gr=E4ben sind voll; wir r=E4umen am Samstag ab acht. Bitte bring die lange=",
      " Schaufel mit.",
      "--innen",
      "Content-Type: text/html; charset=utf-8",
      "",
      "<p>Hallo Dana,</p><p>die <b>Gräben</b> sind voll…</p>",
      "--innen--",
      "--aussen",
      'Content-Type: text/csv; name="liste.csv"',
      "Content-Disposition: attachment; filename*=utf-8''Helfer%E2%80%93Liste.csv",
      "Content-Transfer-Encoding: base64",
      "",
      Buffer.from("Name,Werkzeug\nDana,Schaufel\nJörg,Forke\n").toString("base64"),
      "--aussen",
      'Content-Type: image/jpeg; name="graben.jpg"',
      "Content-Disposition: attachment",
      "Content-Transfer-Encoding: base64",
      "",
      "/9j/4AAQSkZJRg==",
      "--aussen--",
      "",
    ].join("\r\n"),
  );

const page = () =>
  Buffer.from(`<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title> Moorblog &ndash; Folge 3 </title>
<meta name="author" content="Zoë Adeyemi"><meta property="article:published_time" content="2026-01-05T07:00:00+01:00"><style>p{color:red}</style></head>
<body><nav><ul><li><a href="/">Start</a></ul></nav><div style="display:none">Vorschau&shy;text</div><main><article>
<h1>Warum das Moor <em>atmet</em></h1><p>Ein Moor hebt   und senkt sich
um bis zu <strong>zehn&nbsp;Zentimeter </strong>im Jahr (<a href="https://example.org/moor?x=1&amp;y=2">Messung</a>).<br>Das nennt man <dfn>Mooratmung</dfn>.</p>
<blockquote><p>„Es lebt.“</p><p>— Großmutter</p></blockquote>
<ul><li>Nass<ul><li>sehr nass<li>sehr, sehr nass</ul><li><input type="checkbox" checked> gemessen</ul><ol start="3"><li>dritter<li><p>vierter</p><p>mit zweitem Absatz</p></ol>
<pre><code class="language-python">def atmen(tag):
    return 0.1 * tag  # \`\`\`
</code></pre>
<table><caption>Messung</caption><thead><tr><th>Tag<th>Höhe<tbody><tr><td>1<td>0,4 | 0,5<tr><td>2<td><p>0,6</p><p>geschätzt</p></table>
<table role="presentation"><tr><td><p>Nur Layout</p></td><td>zweite Spalte</td></tr></table>
<p><img src="a.png" alt="Torfmoos, nah"> <del>alt</del> <code>x = 1</code> 1 &lt; 2 &amp; 3 — שלום</p><dl><dt>Torf</dt><dd>altes Moos</dd></dl>
</article></main><footer>© 2026 <a href="/impressum">Impressum</a></footer><script>alert("nein")</script></body></html>`);

/** Documents as Word, Excel, PowerPoint, a mail program and a web page have them, by file name. */
export const EXAMPLES: Record<string, () => Uint8Array> = {
  "agreement.docx": word,
  "trips.xlsx": workbook,
  "flood.pptx": slides,
  "graben.eml": mail,
  "moor.html": page,
};
