import type { Methods } from './routes.ts'

export function mediaMethods({ method, download, upload }: Methods) {
  return {
    /** Uploads a file. A message can use the id instead of a link. */
    upload: upload('POST /external/media'),
    /** Returns the response; read its body: `await (await media.download(id)).bytes()`. */
    download: download('GET /external/media/{id}'),
    delete: method('DELETE /external/media/{id}'),
  }
}
