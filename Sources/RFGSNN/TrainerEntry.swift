internal import CRFGSNN
import Runtime
import Training

/// A trainer as the host knows it: with the text of the last advice, which must live until the next.
final class TrainerEntry: HandleObject {
  static var handleKind: HandleKind { .trainer }

  let trainer: Trainer
  var stopFlag: StopFlag? { trainer.network.stopFlag }
  private(set) var advice: UnsafeMutablePointer<CChar>?

  init(_ trainer: Trainer) {
    self.trainer = trainer
  }

  deinit {
    advice?.deallocate()
  }

  /// Keeps sentences, one per line.
  func keep(_ advice: [String]) {
    self.advice?.deallocate()
    self.advice = cStringCopy(advice.joined(separator: "\n"))
  }
}

/// Runs a call on a trainer, and on its network.
func withTrainerEntry(
  _ pointer: OpaquePointer?, _ access: HandleTable.Access = .exclusive,
  _ body: (TrainerEntry) throws(Failure) -> Void
) -> rfgsnn_status {
  guarded { () throws(Failure) in try handles.use(pointer, as: TrainerEntry.self, "trainer", access, body) }
}

/// The same, for calls that need the trainer alone.
func withTrainer(
  _ pointer: OpaquePointer?, _ access: HandleTable.Access = .exclusive,
  _ body: (Trainer) throws(Failure) -> Void
) -> rfgsnn_status {
  withTrainerEntry(pointer, access) { entry throws(Failure) in try body(entry.trainer) }
}
