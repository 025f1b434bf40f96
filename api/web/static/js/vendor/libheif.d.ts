/** What we use of libheif: https://github.com/strukturag/libheif */

export interface HeifImage {
  is_primary(): boolean;
  get_width(): number;
  get_height(): number;
  /** Fills `data` with RGBA, turned as the file says; null where it cannot. */
  display<T extends { data: Uint8ClampedArray; width: number; height: number }>(
    into: T,
    done: (filled: T | null) => void,
  ): void;
  free(): void;
}

export default function libheif(): {
  HeifDecoder: new () => { decode(file: Uint8Array): HeifImage[] };
};
