'use strict'

const http = require('http')

const host = process.env.HOST || '127.0.0.1'
const port = Number(process.env.PORT || 8000)
const base = (process.env.BASE_PATH || '').replace(/\/+$/, '')
const longestWait = 30000 // milliseconds

const pages = {
  '/': (request, response, url) => {
    const name = url.searchParams.get('name') || 'world'
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(`<!doctype html>
<html lang="en">
<title>Hello</title>
<link rel="stylesheet" href="${escape(base)}/style.css">
<h1>Hello, ${escape(name.slice(0, 100))}!</h1>
<form action="${escape(base)}/"><label>Your name <input name="name"></label> <button>Greet</button></form>
`)
  },
  '/style.css': (request, response) => {
    response.setHeader('Content-Type', 'text/css; charset=utf-8')
    response.end(':root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif; }\nbody { max-width: 34rem; margin: 3rem auto; padding: 0 1rem; }\n')
  },
  '/healthz': (request, response) => response.end('ok\n'),
  '/whoami': (request, response) => {
    const header = name => String(request.headers[name] || '')
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({
      scheme: header('x-forwarded-proto') || 'http',
      host: header('x-forwarded-host') || header('host'),
      client: header('x-forwarded-for') || request.socket.remoteAddress,
      path: base,
      pid: process.pid
    }) + '\n')
  },
  '/slow': (request, response, url) => {
    const wait = Math.min(Math.max(Number(url.searchParams.get('ms')) || 0, 0), longestWait)
    setTimeout(() => response.end(`answered after ${wait} ms\n`), wait)
  }
}

function escape (text) {
  return text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`)
}

function answer (request, response) {
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  let url
  try {
    url = new URL(request.url, 'http://localhost')
  } catch (error) {
    response.statusCode = 400
    return response.end('bad request\n')
  }
  if (base && url.pathname === base) {
    response.writeHead(308, { Location: base + '/' })
    return response.end()
  }
  const known = url.pathname.startsWith(base + '/') && url.pathname.slice(base.length)
  if (!Object.prototype.hasOwnProperty.call(pages, known)) {
    response.statusCode = 404
    return response.end('not found\n')
  }
  pages[known](request, response, url)
}

const server = http.createServer(answer)
const connections = new Map() // socket → the number of requests under way

server.on('connection', socket => {
  connections.set(socket, 0)
  socket.on('close', () => connections.delete(socket))
})
server.on('request', (request, response) => {
  const socket = request.socket
  connections.set(socket, connections.get(socket) + 1)
  response.on('finish', () => {
    if (!connections.has(socket)) return
    connections.set(socket, connections.get(socket) - 1)
    if (!server.listening) closeIdle()
  })
})
server.listen(port, host, () => console.log(`listening on http://${host}:${port}${base}/`))

function closeIdle () {
  for (const [socket, underWay] of connections) {
    if (underWay === 0) socket.end()
  }
}

process.on('SIGTERM', () => {
  server.close()
  closeIdle()
})
