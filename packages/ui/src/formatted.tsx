import { Fragment } from 'react'
import { formatText, type Inline } from './format-text.ts'

/** The text of a message as a contact sees it. Markup in the text stays visible as text. */
export function Formatted({ text }: { text: string }) {
  return formatText(text).map((block, i) => {
    switch (block.kind) {
      case 'pre':
        return (
          <pre key={i} dir="auto">
            {block.text}
          </pre>
        )
      case 'quote':
        return (
          <blockquote key={i} dir="auto">
            <Lines lines={block.lines} />
          </blockquote>
        )
      case 'bullets':
        return (
          <ul key={i} dir="auto">
            {block.items.map((item, j) => (
              <li key={j}>
                <Words words={item} />
              </li>
            ))}
          </ul>
        )
      case 'numbers':
        return (
          <ol key={i} start={block.start} dir="auto">
            {block.items.map((item, j) => (
              <li key={j}>
                <Words words={item} />
              </li>
            ))}
          </ol>
        )
      default:
        return (
          <div key={i} dir="auto">
            <Lines lines={block.lines} />
          </div>
        )
    }
  })
}

function Lines({ lines }: { lines: Inline[][] }) {
  return lines.map((line, i) => (
    <Fragment key={i}>
      {i > 0 && <br />}
      <Words words={line} />
    </Fragment>
  ))
}

function Words({ words }: { words: Inline[] }) {
  return words.map((word, i) => {
    switch (word.kind) {
      case 'text':
        return <Fragment key={i}>{word.text}</Fragment>
      case 'code':
        return (
          <code key={i} dir="auto">
            {word.text}
          </code>
        )
      case 'link':
        return (
          <a key={i} dir="auto" href={word.href} target="_blank" rel="noreferrer noopener">
            {word.text}
          </a>
        )
      case 'bold':
        return (
          <strong key={i}>
            <Words words={word.children} />
          </strong>
        )
      case 'italic':
        return (
          <em key={i}>
            <Words words={word.children} />
          </em>
        )
      case 'strike':
        return (
          <s key={i}>
            <Words words={word.children} />
          </s>
        )
    }
  })
}
