'use strict'
var assert = require('assert')
var weather = require('../lib/weather')

describe('the forecast', function () {
  it('is that of the city', function (done) {
    weather.forecast(process.env.CITY || 'Oslo', function (error, forecast) {
      if (error) return done(error)
      assert.equal(forecast.city, process.env.CITY || 'Oslo')
      done()
    })
  })
})
