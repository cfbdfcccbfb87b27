/** One type of file that a web UI is made of. */
export interface FileType {
  /** The folder below `/static` in which such files lie; `''` is none of them. */
  readonly folder: 'js' | 'css' | 'media' | '';
  /** The media type that the caller is told. */
  readonly contentType: string;
  /** The media types by which an upstream may call it. */
  readonly upstream: RegExp;
}

/** The page itself. */
export const PAGE_TYPE: FileType = {
  folder: '',
  contentType: 'text/html; charset=utf-8',
  upstream: essence('text/html'),
};

const FILE_TYPES: ReadonlyMap<string, FileType> = new Map([
  ['js', of('js', 'text/javascript; charset=utf-8', '(?:text|application)/(?:x-)?javascript')],
  ['css', of('css', 'text/css; charset=utf-8', 'text/css')],
  ['ico', of('', 'image/x-icon', 'image/(?:x-icon|vnd\\.microsoft\\.icon)')],
  ['png', of('media', 'image/png', 'image/png')],
  ['svg', of('media', 'image/svg+xml', 'image/svg\\+xml')],
  ['ttf', of('media', 'font/ttf', 'font/(?:ttf|sfnt)|application/(?:x-)?font-(?:ttf|sfnt)')],
  ['woff', of('media', 'font/woff', 'font/woff|application/font-woff')],
  ['woff2', of('media', 'font/woff2', 'font/woff2|application/font-woff2')],
]);

/** The type of a file, by the end of its name; `undefined` where such files are not shown. */
export function fileTypeOf(name: string): FileType | undefined {
  return FILE_TYPES.get(name.slice(name.lastIndexOf('.') + 1));
}

function of(folder: FileType['folder'], contentType: string, upstream: string): FileType {
  return { folder, contentType, upstream: essence(upstream) };
}

function essence(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})(?: *;.*)?$`, 'i');
}
