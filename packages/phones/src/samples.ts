/** Sample pictures for phones, drawn in the browser. */

/** A picture of a harbour in the evening, as PNG in Base64. */
export function samplePicture(): string {
  return drawn(720, 480, 'image/png', (to) => {
    const sky = to.createLinearGradient(0, 0, 0, 300)
    sky.addColorStop(0, '#1c3d5a')
    sky.addColorStop(1, '#f2a65a')
    to.fillStyle = sky
    to.fillRect(0, 0, 720, 300)
    to.fillStyle = '#ffe3a8'
    to.beginPath()
    to.arc(520, 232, 46, 0, 2 * Math.PI)
    to.fill()
    to.fillStyle = '#24434a'
    hill(to, 0, 300, 190, 130)
    hill(to, 150, 300, 260, 90)
    hill(to, 470, 300, 250, 110)
    to.fillStyle = '#18666a'
    to.fillRect(0, 300, 720, 180)
    to.fillStyle = '#ffe3a866'
    for (let i = 0; i < 9; i++) to.fillRect(470 + ((i * 37) % 60) - i * 3, 312 + i * 17, 70 + i * 5, 5)
    to.fillStyle = '#fdf6e9'
    polygon(to, [190, 372, 190, 236, 292, 372])
    polygon(to, [180, 372, 180, 262, 116, 372])
    to.fillStyle = '#7a2e2a'
    polygon(to, [98, 382, 312, 382, 278, 420, 132, 420])
  })
}

/** A face, as WebP in Base64: 512 pixels wide, as stickers are. */
export function sampleSticker(): string {
  return drawn(512, 512, 'image/webp', (to) => {
    to.fillStyle = '#ffd23f'
    disc(to, 256, 256, 236)
    to.fillStyle = '#4a2c00'
    disc(to, 176, 206, 30)
    disc(to, 336, 206, 30)
    to.strokeStyle = '#4a2c00'
    to.lineWidth = 26
    to.lineCap = 'round'
    to.beginPath()
    to.arc(256, 262, 128, 0.15 * Math.PI, 0.85 * Math.PI)
    to.stroke()
  })
}

type Context = CanvasRenderingContext2D

function drawn(width: number, height: number, type: string, draw: (to: Context) => void): string {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  draw(canvas.getContext('2d')!)
  return canvas.toDataURL(type).split(',', 2)[1] ?? ''
}

function hill(to: Context, x: number, y: number, width: number, height: number): void {
  to.beginPath()
  to.ellipse(x + width / 2, y, width / 2, height, 0, Math.PI, 2 * Math.PI)
  to.fill()
}

function disc(to: Context, x: number, y: number, radius: number): void {
  to.beginPath()
  to.arc(x, y, radius, 0, 2 * Math.PI)
  to.fill()
}

/** Points are x and y in turn. */
function polygon(to: Context, points: number[]): void {
  to.beginPath()
  for (let i = 0; i + 1 < points.length; i += 2) to.lineTo(points[i]!, points[i + 1]!)
  to.fill()
}
