'use strict'
var assert = require('assert')
var weather = require('../lib/weather')

describe('the forecast', function () {
  it('names its city', function (done) {
    weather.forecast(process.env.CITY || 'Oslo', function (error, forecast) {
      if (error) return done(error)
      assert.equal(forecast.city, process.env.CITY || 'Oslo')
      done()
    })
  })
})
