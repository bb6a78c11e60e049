/// Whether a guess made of earlier draws guides an estimate.
package enum GuideRule: Sendable {
  case none
  /// Always.
  case always
  /// Only while it makes the error smaller, judged by the scalars of earlier draws.
  case whenItHelps
}
