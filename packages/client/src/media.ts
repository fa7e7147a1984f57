import type { CallOptions, Requester } from './request.ts'
import type { Methods } from './routes.ts'

export type UploadOptions = CallOptions & { filename?: string; type?: string }

export function mediaMethods({ data, raw }: Requester, { method }: Methods) {
  return {
    /** Uploads a file. A message can use the id instead of a link. */
    upload(
      file: Blob | Uint8Array<ArrayBuffer>,
      { filename, type, ...options }: UploadOptions = {},
    ): Promise<{ id: string }> {
      const form = new FormData()
      const blob = file instanceof Blob && type === undefined ? file : new Blob([file], type ? { type } : {})
      form.set('file', blob, filename ?? (file instanceof File ? file.name : 'file'))
      return data({ method: 'POST', path: '/external/media', form, options })
    },
    /** Returns the response; read its body: `await (await media.download(id)).bytes()`. */
    download: (id: string, options?: CallOptions): Promise<Response> =>
      raw({ method: 'GET', path: `/external/media/${encodeURIComponent(id)}`, options }),
    delete: method('DELETE /external/media/{id}'),
  }
}
