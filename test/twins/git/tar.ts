/** A tar archive as `git archive` writes it: a global header first, long and odd names in pax headers. */
export function tarOf(files: Record<string, string | Buffer>): Buffer {
  const parts = [entry("pax_global_header", pax({ comment: "0".repeat(40) }), "g")];
  for (const [path, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const isPlain = /^[\x20-\x7e]{1,100}$/.test(path);
    if (!isPlain) parts.push(entry("mill.paxheader", pax({ path }), "x"));
    parts.push(entry(isPlain ? path : "mill.data", bytes));
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

export function tarHeader(name: string, size: number, type = "0"): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  if (size < 8 ** 11) header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write("        ", 148);
  header.write(type, 156);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function entry(name: string, bytes: Buffer, type = "0"): Buffer {
  const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
  return Buffer.concat([tarHeader(name, bytes.length, type), bytes, padding]);
}

function pax(records: Record<string, string>): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest;
    while (length !== rest + String(length).length) length = rest + String(length).length;
    return `${length} ${key}=${value}\n`;
  });
  return Buffer.from(lines.join(""));
}
