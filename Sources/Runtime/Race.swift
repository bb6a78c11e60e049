/// Finds out whether it pays to share the loops of a network, by doing both in turns and measuring.
///
/// Beside other busy threads it often does not: a worker that has been put off its processor holds up its loop for
/// milliseconds, and the system divides between two threads what it would have given to one. A turn lasts some
/// milliseconds; the way that has been faster gets most of them, and the other one is tried again now and then.
package struct Race {
  package enum Way: Int { case alone, shared }

  /// Of the coming loop.
  package private(set) var way = Way.shared

  /// Seconds per second of estimated work, by way: a running mean of turns. 0: not known yet.
  private var pace: [2 of Double] = [0, 0]
  private var favourite = Way.shared
  /// Of the turn so far.
  private var seconds = 0.0
  private var work = 0.0
  /// Turns of the favourite between two trials of the other way, and those that are left until the next one.
  private var interval = leastInterval
  private var left = 0

  package init() {}

  /// Longer than a thread usually waits for its processor.
  package static let turn = 0.005
  private static let leastInterval = 32
  private static let mostInterval = 128
  /// Sharing must take less than this part of the time: it is not for free to others.
  private static let gain = 0.9
  /// A turn of the favourite that takes so many times its mean, or so much less, tells of other conditions.
  private static let surprise = 1.5

  /// Takes what a loop took.
  package mutating func add(seconds: Double, work: Double) {
    self.seconds += seconds
    self.work += work
    if self.seconds < Self.turn { return }
    end(self.seconds / self.work)
    self.seconds = 0
    self.work = 0
  }

  private mutating func end(_ result: Double) {
    let mean = pace[way.rawValue]
    let isTrial = way != favourite
    let wins = winner(way, result) == way
    pace[way.rawValue] = mean == 0 ? result : mean + (isTrial ? 0.5 : 0.25) * (result - mean)
    let before = favourite
    favourite = winner(way, pace[way.rawValue])
    if favourite != before {
      interval = Self.leastInterval
      left = interval
    } else if isTrial {
      // What wins is tried again at once, until its mean says so too.
      interval = wins ? Self.leastInterval : min(2 * interval, Self.mostInterval)
      left = wins ? 0 : interval
    } else {
      if max(result, mean) > Self.surprise * min(result, mean) { interval = Self.leastInterval }
      left = min(left - 1, interval)
    }
    way = left > 0 ? favourite : favourite == .shared ? .alone : .shared
  }

  /// Which way is the faster one, at a pace of one of them; doing them alone, while the other pace is not known.
  private func winner(_ way: Way, _ pace: Double) -> Way {
    let alone = way == .alone ? pace : self.pace[Way.alone.rawValue]
    let shared = way == .shared ? pace : self.pace[Way.shared.rawValue]
    return shared > 0 && shared < Self.gain * alone ? .shared : .alone
  }
}
