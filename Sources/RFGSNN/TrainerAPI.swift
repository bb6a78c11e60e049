public import CRFGSNN
import Runtime
import SpikingNetworks
import Training

// The functions of group trainer but for rfgsnn_fit; what each does is in rfgsnn.h.

extension Trainer {
  /// Targets, or the derivative by each output, of the pass that it has run.
  fileprivate func targets(
    _ array: UnsafePointer<rfgsnn_array>?, _ name: String
  ) throws(Failure) -> HostArray {
    try network.targets(array, name, samples: samples, points: samples == nil ? nil : pointExtents)
  }
}

/// A new trainer of a network; see rfgsnn.h.
@c @implementation
public func rfgsnn_trainer_create(
  _ network: OpaquePointer?,
  _ options: OpaquePointer?,
  _ trainer: UnsafeMutablePointer<OpaquePointer?>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let place = try required(trainer, "trainer")
    try withNetwork(network) { used throws(Failure) in
      try handles.use(options, as: Options.self, "options") { options throws(Failure) in
        let trainer = try Trainer(used, try options.trainerSpecification())
        place.pointee = try handles.insert(TrainerEntry(trainer), using: network)
      }
    }
  }
}

/// Frees a trainer; see rfgsnn.h.
@c @implementation
public func rfgsnn_trainer_free(
  _ trainer: OpaquePointer?
) -> rfgsnn_status {
  guarded { () throws(Failure) in try handles.remove(trainer, as: TrainerEntry.self, "trainer") }
}

/// Chooses the directions of the coming pass; see rfgsnn.h.
@c @implementation
public func rfgsnn_perturb(
  _ trainer: OpaquePointer?,
  _ draw: Int64
) -> rfgsnn_status {
  withTrainer(trainer, .stoppable) { trainer throws(Failure) in
    if draw < -1 {
      throw Failure(.outOfRange, "draw: \(draw) is not at least 0, or -1 for the trainer's own count")
    }
    try trainer.perturb(draw: draw == -1 ? nil : Int(draw))
  }
}

/// One time step with its tangents; see rfgsnn.h.
@c @implementation
public func rfgsnn_step(
  _ trainer: OpaquePointer?,
  _ input: UnsafePointer<rfgsnn_array>?,
  _ output: UnsafeMutablePointer<rfgsnn_array>?
) -> rfgsnn_status {
  withTrainer(trainer, .stoppable) { trainer throws(Failure) in
    let input = try trainer.network.input(input, samples: nil)
    let output = try trainer.network.stepOutput(output, samples: input.samples)
    try trainer.pass { () throws(Failure) in
      try trainer.network.requireUsable(input, "input")
      try trainer.step(input, into: output)
    }
  }
}

/// All time steps with their tangents; see rfgsnn.h.
@c @implementation
public func rfgsnn_forward(
  _ trainer: OpaquePointer?,
  _ inputs: UnsafePointer<rfgsnn_array>?,
  _ n_inputs: Int32,
  _ outputs: UnsafeMutablePointer<rfgsnn_array>?
) -> rfgsnn_status {
  withTrainer(trainer, .stoppable) { trainer throws(Failure) in
    let inputs = try trainer.network.inputs(inputs, n_inputs)
    let outputs = outputs == nil ? nil : try trainer.network.outputs(outputs, of: inputs)
    try trainer.pass { () throws(Failure) in
      try trainer.network.requireUsable(inputs, "inputs")
      try trainer.forward(inputs, into: outputs)
    }
  }
}

/// The gradient of the built-in loss; see rfgsnn.h.
@c @implementation
public func rfgsnn_estimate_gradient(
  _ trainer: OpaquePointer?,
  _ targets: UnsafePointer<rfgsnn_array>?,
  _ loss: UnsafeMutablePointer<Double>?
) -> rfgsnn_status {
  withTrainer(trainer, .stoppable) { trainer throws(Failure) in
    let targets = try trainer.targets(targets, "targets")
    try targets.requireFinite("targets", unless: trainer.network.stopFlag)
    store(try trainer.estimateGradient(targets: targets), to: loss)
  }
}

/// The gradient of the host's loss; see rfgsnn.h.
@c @implementation
public func rfgsnn_estimate_gradient_from_output_gradient(
  _ trainer: OpaquePointer?,
  _ output_gradient: UnsafePointer<rfgsnn_array>?
) -> rfgsnn_status {
  withTrainer(trainer, .stoppable) { trainer throws(Failure) in
    let gradient = try trainer.targets(output_gradient, "output_gradient")
    try gradient.requireFinite("output_gradient", unless: trainer.network.stopFlag)
    try trainer.estimateGradient(outputGradient: gradient)
  }
}

/// Black box, ask; see rfgsnn.h.
@c @implementation
public func rfgsnn_perturbed_parameters(
  _ trainer: OpaquePointer?,
  _ index: Int64,
  _ values: UnsafeMutablePointer<Float>?,
  _ count: Int64
) -> rfgsnn_status {
  withTrainer(trainer) { trainer throws(Failure) in
    let values = try required(values, "values")
    let copies = try trainer.perturbationCount()
    let index = try requireIndex(index, "index", below: copies, of: "perturbed copies (2 * directions)")
    try requireCount(count, "count", trainer.network.parameterCount, of: "parameters")
    try trainer.perturbedParameters(index, into: values)
  }
}

/// Black box, tell; see rfgsnn.h.
@c @implementation
public func rfgsnn_estimate_gradient_from_losses(
  _ trainer: OpaquePointer?,
  _ losses: UnsafePointer<Double>?,
  _ count: Int64
) -> rfgsnn_status {
  withTrainer(trainer, .stoppable) { trainer throws(Failure) in
    let start = try required(losses, "losses")
    let copies = try trainer.perturbationCount()
    try requireCount(count, "count", copies, of: "perturbed copies (2 * directions)")
    let losses = UnsafeBufferPointer(start: start, count: copies)
    for index in 0..<copies where !losses[index].isFinite {
      throw Failure(
        .notFinite, "losses: element \(index) is \(losses[index]); give every perturbed copy a finite loss")
    }
    try trainer.estimateGradient(losses: losses)
  }
}

/// A view of the last estimate; see rfgsnn.h.
@c @implementation
public func rfgsnn_gradient(
  _ trainer: OpaquePointer?,
  _ values: UnsafeMutablePointer<UnsafePointer<Float>?>?,
  _ count: UnsafeMutablePointer<Int64>?
) -> rfgsnn_status {
  withTrainer(trainer, .reader) { trainer throws(Failure) in
    let valuesPlace = try required(values, "values")
    let countPlace = try required(count, "count")
    valuesPlace.pointee = try trainer.gradient()
    countPlace.pointee = Int64(trainer.network.parameterCount)
  }
}

/// Clips, and moves the parameters; see rfgsnn.h.
@c @implementation
public func rfgsnn_update(
  _ trainer: OpaquePointer?
) -> rfgsnn_status {
  withTrainer(trainer) { trainer throws(Failure) in try trainer.update() }
}

/// Records of rfgsnn_fit; see rfgsnn.h.
@c @implementation
public func rfgsnn_trainer_history(
  _ trainer: OpaquePointer?,
  _ first: Int64,
  _ capacity: Int64,
  _ steps: UnsafeMutablePointer<Int64>?,
  _ losses: UnsafeMutablePointer<Double>?,
  _ validation_losses: UnsafeMutablePointer<Double>?,
  _ count: UnsafeMutablePointer<Int64>?
) -> rfgsnn_status {
  withTrainer(trainer, .reader) { trainer throws(Failure) in
    if first < 0 { throw Failure(.outOfRange, "first: \(first) is negative; records are counted from 0") }
    if capacity < 0 { throw Failure(.outOfRange, "capacity: \(capacity) is negative; it is the arrays' length") }
    let history = trainer.history
    for (place, record) in history.dropFirst(Int(first)).prefix(Int(capacity)).enumerated() {
      steps?[place] = Int64(record.step)
      losses?[place] = record.loss
      validation_losses?[place] = record.validationLoss
    }
    store(Int64(history.count), to: count)
  }
}

/// The number of updates; see rfgsnn.h.
@c @implementation
public func rfgsnn_trainer_updates(
  _ trainer: OpaquePointer?,
  _ updates: UnsafeMutablePointer<Int64>?
) -> rfgsnn_status {
  withTrainer(trainer, .reader) { trainer throws(Failure) in
    try required(updates, "updates").pointee = Int64(trainer.updates)
  }
}

/// Bytes of a trainer's buffers; see rfgsnn.h.
@c @implementation
public func rfgsnn_trainer_memory(
  _ trainer: OpaquePointer?,
  _ held: UnsafeMutablePointer<Int64>?,
  _ peak: UnsafeMutablePointer<Int64>?
) -> rfgsnn_status {
  withTrainer(trainer, .reader) { trainer throws(Failure) in
    store(Int64(trainer.account.held), to: held)
    store(Int64(trainer.account.peak), to: peak)
  }
}
