// The binary messages of kokoro-stream.v1: a 16-byte little-endian header, then 16-bit samples.

const MAGIC = 0x4b;
const HEADER_BYTES = 16;
const LAST = 1;

// Header and samples of a message. Throws when it is none of ours.
export function readAudio(message) {
  if (message.byteLength < HEADER_BYTES) throw new Error("a binary message without a header");
  const header = new DataView(message, 0, HEADER_BYTES);
  if (header.getUint8(0) !== MAGIC) throw new Error("a binary message that is no audio");
  return {
    last: Boolean(header.getUint8(1) & LAST),
    number: header.getUint16(2, true),
    offset: Number(header.getBigUint64(8, true)),
    samples: new Int16Array(message, HEADER_BYTES), // every platform with a browser is little-endian
  };
}
