// Shows what has to do with passkeys where the browser knows them, and says in words why one was not taken.
(function () {
  const words = {
    NotAllowedError: 'No passkey was used: it was cancelled, took too long, or this device has none for this address. Try again.',
    InvalidStateError: 'This passkey was not added: this device has one for you already.',
    SecurityError: 'No passkey was used: passkeys need https, or the address http://localhost. Open Countback there.'
  }

  document.addEventListener('DOMContentLoaded', function () {
    if (!window.PublicKeyCredential) return
    document.querySelectorAll('[data-passkey]').forEach(function (part) { part.hidden = false })
    document.querySelectorAll('[data-no-passkey]').forEach(function (part) { part.hidden = true })
  })

  document.addEventListener('allauth.error', function (event) {
    const said = document.querySelector('[data-passkey-said]')
    if (!said) return
    event.preventDefault()
    const exception = event.detail.exception
    said.textContent = words[exception.name] || 'No passkey was used: ' + exception.message
    said.hidden = false
  })
})()
