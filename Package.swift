// swift-tools-version: 6.2
import PackageDescription

let packageDirectory = Context.packageDirectory

/// Kernels are compiled once per instruction set from the same sources and chosen at run time.
///
/// Unoptimised SIMD code is about 1500 times slower, so debug builds optimise these targets too, as whole modules:
/// generic code of another file is not specialised otherwise (products 30 to 200 times slower, measured). Without
/// `-num-threads` a debug build of a whole module fails ("index output filenames do not match").
func kernelTarget(_ name: String, march: String? = nil, defines: [String] = []) -> Target {
  let architecture = march.map { ["-Xcc", "-march=\($0)"] } ?? []
  return .target(
    name: name,
    dependencies: ["CSystem"],
    swiftSettings: [
      .unsafeFlags(["-Ounchecked", "-wmo"] + architecture, .when(configuration: .release)),
      .unsafeFlags(["-O", "-wmo", "-num-threads", "2"] + architecture, .when(configuration: .debug)),
    ] + defines.map { .define($0) })
}

var kernels = [kernelTarget("KernelsBaseline")]
#if arch(x86_64)
  kernels += [
    kernelTarget("KernelsV3", march: "x86-64-v3", defines: ["RFGSNN_FMA", "RFGSNN_V3"]),
    kernelTarget("KernelsV4", march: "x86-64-v4", defines: ["RFGSNN_FMA", "RFGSNN_V4"]),
  ]
#endif

/// Functions of the C library that librfgsnn.so calls by way of CRuntimeGuard.
let guardedSymbols = [
  "malloc", "calloc", "realloc", "posix_memalign", "free", "malloc_usable_size", "_Znwm", "_ZnwmSt11align_val_t",
  "_ZdlPvm", "_ZdlPvmSt11align_val_t", "getenv", "environ",
]

/// Accesses to classes are checked in debug builds, which the tests are; in a training step the checks would take 3 %.
let unchecked: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

/// What C compilers of distributions do to code that calls the C library.
let hardened: [CSetting] = [
  .unsafeFlags(["-O2", "-fstack-protector-strong", "-D_FORTIFY_SOURCE=2"], .when(configuration: .release))
]

let package = Package(
  name: "rfgsnn",
  products: [
    .library(name: "rfgsnn", type: .dynamic, targets: ["RFGSNNShared"])
  ],
  targets: kernels + [
    // A C target, not a system library: that would hide signature changes from incremental builds.
    .target(
      name: "CRFGSNN", path: ".", sources: ["Sources/CRFGSNN/header.c"], publicHeadersPath: "include"),
    .target(name: "CSystem", cSettings: hardened),
    .target(name: "CRuntimeGuard", dependencies: ["CSystem"], cSettings: hardened),
    .target(name: "Kernels", dependencies: ["CSystem"] + kernels.map { .byName(name: $0.name) }),
    .target(name: "Runtime", dependencies: ["CSystem"], swiftSettings: unchecked),
    .target(name: "Directions", dependencies: ["Kernels"], swiftSettings: unchecked),
    .target(name: "SpikingNetworks", dependencies: ["Kernels", "Directions", "Runtime"], swiftSettings: unchecked),
    .target(name: "GradientEstimators", dependencies: ["SpikingNetworks"], swiftSettings: unchecked),
    .target(name: "Training", dependencies: ["GradientEstimators"], swiftSettings: unchecked),
    .target(name: "RFGSNN", dependencies: ["CRFGSNN", "CSystem", "Training"], swiftSettings: unchecked),
    // Carries the link flags of librfgsnn.so and nothing else, so that tests do not get them.
    .target(
      name: "RFGSNNShared", dependencies: ["RFGSNN", "CRuntimeGuard"],
      linkerSettings: [
        .unsafeFlags(
          [
            // The linker of Swift's own toolchain: the system's may leave local names among the dynamic ones.
            "-static-stdlib", "-use-ld=lld",
            "-Xlinker", "--version-script=\(packageDirectory)/api/generated/rfgsnn.map",
            "-Xlinker", "-soname", "-Xlinker", "librfgsnn.so.1",
            "-Xlinker", "-z", "-Xlinker", "defs",
            "-Xlinker", "-z", "-Xlinker", "relro",
            "-Xlinker", "-z", "-Xlinker", "now",
            // Its threads and what it has registered with the C library outlive a dlclose.
            "-Xlinker", "-z", "-Xlinker", "nodelete",
          ] + guardedSymbols.flatMap { ["-Xlinker", "--wrap=\($0)"] },
          .when(platforms: [.linux], configuration: .release))
      ]),
    .executableTarget(name: "apigen"),
    .target(name: "Peak", path: "benchmarks/kernels/Peak"),
    .executableTarget(
      name: "kernel-benchmark", dependencies: ["Kernels", "CSystem", "Peak"], path: "benchmarks/kernels/Benchmark"),
    .testTarget(name: "KernelTests", dependencies: ["Kernels", "CSystem"]),
    .testTarget(name: "RuntimeTests", dependencies: ["Runtime", "CSystem"]),
    // What the scientific tests compare with, written plainly in double precision; optimised, to stay quick.
    .target(
      name: "ReferenceNetworks", dependencies: ["SpikingNetworks"], path: "Tests/ReferenceNetworks",
      swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))]),
    .testTarget(name: "SpikingNetworkTests", dependencies: ["SpikingNetworks", "ReferenceNetworks"]),
    .testTarget(name: "GradientEstimatorTests", dependencies: ["GradientEstimators", "ReferenceNetworks"]),
    .testTarget(name: "TrainingTests", dependencies: ["Training", "ReferenceNetworks"]),
    .testTarget(name: "RFGSNNTests", dependencies: ["RFGSNN", "CRFGSNN", "Runtime"]),
  ],
  swiftLanguageModes: [.v6]
)
