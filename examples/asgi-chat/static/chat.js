'use strict'

const room = document.getElementById('room')
const form = document.getElementById('form')
const text = document.getElementById('text')
const button = form.querySelector('button')
const people = document.getElementById('people')
let socket

function show (message) {
  const item = document.createElement('li')
  const time = document.createElement('time')
  time.textContent = new Date(message.time * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  item.append(time, message.text)
  room.append(item)
  item.scrollIntoView({ block: 'end' })
}

// connect starts anew after each end of the connection: the app restarts.
function connect () {
  socket = new WebSocket(document.body.dataset.socket)
  socket.onopen = () => { room.replaceChildren(); button.disabled = false }
  socket.onmessage = event => show(JSON.parse(event.data))
  socket.onclose = () => { button.disabled = true; setTimeout(connect, 1000) }
}

form.onsubmit = event => {
  event.preventDefault()
  if (button.disabled) return
  socket.send(text.value)
  text.value = ''
}

new EventSource(document.body.dataset.events).addEventListener('people', event => {
  people.textContent = event.data === '1' ? 'only you are here' : event.data + ' are here'
})

connect()
