// As much of the protocol buffers' wire format as writing an ONNX file takes.

/** Collects the fields of one message. */
export class Message {
  #parts = [];
  size = 0;

  #push(bytes) {
    this.#parts.push(bytes);
    this.size += bytes.length;
    return this;
  }

  #varint(value) {
    const bytes = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    do {
      const low = Number(rest & 127n);
      rest >>= 7n;
      bytes.push(rest > 0n ? low | 128 : low);
    } while (rest > 0n);
    return this.#push(Uint8Array.from(bytes));
  }

  /** int32, int64, enum */
  integer(field, value) {
    return this.#varint(field << 3).#varint(value);
  }

  float(field, value) {
    return this.#varint((field << 3) | 5).#push(new Uint8Array(Float32Array.of(value).buffer));
  }

  bytes(field, value) {
    return this.#varint((field << 3) | 2).#varint(value.length).#push(value);
  }

  string(field, value) {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field, value) {
    return this.bytes(field, value.finish());
  }

  /** The message's bytes. */
  finish() {
    const result = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.#parts) {
      result.set(part, at);
      at += part.length;
    }
    return result;
  }
}
