"""AUTOMATIC1111, and those that speak its API: Forge, SD.Next, stable-diffusion.cpp, KoboldCpp."""
