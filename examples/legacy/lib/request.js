'use strict'
// A helper such as every service of 2014 had: request(options, callback), with the error as the first argument.
var http = require('http')
var url = require('url')

module.exports = function request(options, callback) {
  var target = url.parse(options.url)
  var body = options.json ? JSON.stringify(options.json) : null
  var outgoing = http.request(
    {
      hostname: target.hostname,
      port: target.port,
      path: target.path,
      method: options.method || 'GET',
      headers: body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {},
    },
    function (response) {
      var text = ''
      response.setEncoding('utf8')
      response.on('data', function (chunk) {
        text += chunk
      })
      response.on('end', function () {
        callback(null, response, text)
      })
    },
  )
  outgoing.on('error', callback)
  outgoing.end(body)
}
