/** A screenshot as numbers. Chromium writes them with 8 bits a channel and not interlaced: https://www.w3.org/TR/png-3/ */
import { inflateSync } from "node:zlib";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each block of BLOCK × BLOCK pixels, averaged: how letters are smoothed is no difference. */
  readonly blocks: Float64Array;
}

const BLOCK = 8;
const HEADER_BYTES = 8;

export function readPng(file: Buffer): Picture {
  const [width, height, depth, colour] = [file.readUInt32BE(16), file.readUInt32BE(20), file[24], file[25]];
  if (depth !== 8 || (colour !== 2 && colour !== 6) || file[28] !== 0)
    throw new Error("not a PNG as Chromium writes it");
  const data: Buffer[] = [];
  for (let at = HEADER_BYTES; at < file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString("latin1", at + 4, at + 8) === "IDAT")
      data.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
  }
  const channels = colour === 6 ? 4 : 3;
  return {
    width,
    height,
    blocks: averages(unfilter(inflateSync(Buffer.concat(data)), width * channels, channels), width, height, channels),
  };
}

/** Each line begins with the number of the filter that it was written with. */
function unfilter(lines: Buffer, stride: number, channels: number): Uint8Array {
  const height = lines.length / (stride + 1);
  const pixels = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? (pixels[y * stride + x - channels] ?? 0) : 0;
      const up = y > 0 ? (pixels[(y - 1) * stride + x] ?? 0) : 0;
      const corner = x >= channels && y > 0 ? (pixels[(y - 1) * stride + x - channels] ?? 0) : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      pixels[y * stride + x] = (lines[y * (stride + 1) + 1 + x] ?? 0) + predicted;
    }
  }
  return pixels;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function averages(pixels: Uint8Array, width: number, height: number, channels: number): Float64Array {
  const columns = Math.ceil(width / BLOCK);
  const sums = new Float64Array(columns * Math.ceil(height / BLOCK) * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = (Math.floor(y / BLOCK) * columns + Math.floor(x / BLOCK)) * 3;
      for (let c = 0; c < 3; c++)
        sums[block + c] = (sums[block + c] ?? 0) + (pixels[(y * width + x) * channels + c] ?? 0) / BLOCK ** 2;
    }
  }
  return sums;
}

/** Of 255, in any colour of a block: a letter more or less changes it by some 40. */
const SAME_WITHIN = 16;

/** @returns the share of blocks that differ, 0 to 1; 1 where the sizes do. */
export function difference(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  const blocks = a.blocks.length / 3;
  const differs = (block: number) =>
    [0, 1, 2].some((c) => Math.abs((a.blocks[block * 3 + c] ?? 0) - (b.blocks[block * 3 + c] ?? 0)) > SAME_WITHIN);
  return Array.from({ length: blocks }, (_, block) => block).filter(differs).length / blocks;
}
