output "archive_bucket" {
  description = "Bucket with the logs of the last 40 days."
  value       = module.archive.name
}
